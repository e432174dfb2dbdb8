import pytest
from django.test import Client


@pytest.mark.django_db
def test_health_is_told_without_signing_in(client: Client) -> None:
    response = client.get("/healthz/", headers={"accept": "application/json"})

    assert response.status_code == 200
    assert set(response.json().values()) == {"OK"}
