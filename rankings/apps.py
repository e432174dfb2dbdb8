from django.apps import AppConfig


class RankingsConfig(AppConfig):
    name = "rankings"
    verbose_name = "排名"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from rankings import receivers  # noqa: F401 - connects the receivers
        from rankings.selectors import newest_chain_digest
        from rankings.standing import standings
        from returns.receipts import print_anchor_of
        from returns.standing import ask_for_standings

        ask_for_standings(standings)
        print_anchor_of(newest_chain_digest)
