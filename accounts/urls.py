"""Addresses of signing in and out, and of what one keeps for it."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.sign_in, name="sign_in"),
    path("logout/", views.sign_out, name="sign_out"),
    path("password/", views.password, name="password"),
    path("code/", views.second_factor, name="second_factor"),
    path("code/setup/", views.second_factor_setup, name="second_factor_setup"),
    path("code/setup/image.png", views.second_factor_image, name="second_factor_image"),
    path("sessions/", views.session_list, name="session_list"),
    path("sessions/end/", views.session_end, name="session_end"),
]
