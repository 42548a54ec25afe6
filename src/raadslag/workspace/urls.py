"""Every address of the workspace. Each stands in `access.toml`, or Django's check fails."""

from allauth.account import views as account
from django.urls import include, path

from raadslag.web import serving
from raadslag.workspace.common import views
from raadslag.workspace.desk import figures

urlpatterns = [
    path("health", views.health, name="health"),
    path("metrics", figures.figures, name="metrics"),
    path("static/<path:path>", serving.static_file, name="static"),
    path("", include("raadslag.workspace.deliberation.sessions.urls")),  # early: a hall of phones asks for them at once
    path("", include("raadslag.workspace.desk.urls")),
    path("", include("raadslag.workspace.people.urls")),
    path("", include("raadslag.workspace.bodies.urls")),
    path("", include("raadslag.workspace.cases.urls")),
    path("", include("raadslag.workspace.meetings.urls")),
    path("", include("raadslag.workspace.minutes.urls")),
    path("", include("raadslag.workspace.deliberation.urls")),
    path("", include("raadslag.workspace.closing.urls")),
    path("", include("raadslag.workspace.products.urls")),
    path("", include("raadslag.workspace.followup.urls")),
    path("", include("raadslag.workspace.reading.urls")),
    path("", include("raadslag.workspace.publishing.urls")),
    # Of the login library only what is used here: no signing up, no passwords, no changing of addresses.
    path("konto/ind/", account.LoginView.as_view(), name="account_login"),
    path("konto/ud/", account.LogoutView.as_view(), name="account_logout"),
    path("konto/kode/", account.RequestLoginCodeView.as_view(), name="account_request_login_code"),
    path("konto/kode/bekraeft/", account.ConfirmLoginCodeView.as_view(), name="account_confirm_login_code"),
    path("konto/igen/", account.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("konto/faktorer/", include("allauth.mfa.urls")),
    path("konto/sessioner/", include("allauth.usersessions.urls")),
    path("konto/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("konto/", include("allauth.socialaccount.providers.saml.urls")),
    path("konto/udbyder/", include("allauth.socialaccount.urls")),
]
handler400 = "raadslag.web.requests.their_fault"
handler404 = "django.views.defaults.page_not_found"
handler500 = "raadslag.web.requests.our_fault"
