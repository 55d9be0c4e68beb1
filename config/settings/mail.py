"""Mail."""

from config.environment import environment

environment.section = "Mail"

# Without EMAIL_URL, mail is printed to the console.
DEFAULT_FROM_EMAIL = environment.text(
    "DEFAULT_FROM_EMAIL", "The sender of mails.", default="Client Portal <portal@localhost>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
mail = environment.env.email_url_config(
    environment.text(
        "EMAIL_URL",
        "The mail server, such as `smtp+tls://user:password@host:587`.",
        default="consolemail://",
        shown="the console",
        is_secret=True,
    )
)
MAILERS = {"default": {"BACKEND": mail["EMAIL_BACKEND"]}}
if mail["EMAIL_BACKEND"].endswith(".smtp.EmailBackend"):
    MAILERS["default"]["OPTIONS"] = {
        "host": mail["EMAIL_HOST"],
        "port": mail["EMAIL_PORT"],
        "username": mail["EMAIL_HOST_USER"],
        "password": mail["EMAIL_HOST_PASSWORD"],
        "use_tls": mail.get("EMAIL_USE_TLS", False),
        "use_ssl": mail.get("EMAIL_USE_SSL", False),
        "timeout": 10,
    }
    MAILERS["default"]["BACKEND"] = "config.monitoring.mail.CountedSmtp"
