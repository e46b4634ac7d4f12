// Django with django-allauth: ada's address is verified, bob's is not.
import { startDjango } from "./django.js";

const UNLIMITED = "\nACCOUNT_RATE_LIMITS = False\n";
const PEOPLE = `
from allauth.account.models import EmailAddress
User.objects.create_user("bob", email="bob@example.com", password="battery staple")
for user in User.objects.all():
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=user.username == "ada")`;

export const startAllauth = async (page) => ({
  ...(await startDjango(page, UNLIMITED, PEOPLE)),
  api: "/api/orders/",
  refused: {
    status: 400,
    serverCode: "username_password_mismatch",
    serverMessage: "The username and/or password you specified are not correct.",
  },
  user: { id: 1, display: "ada", email: "ada@example.com", has_usable_password: true, username: "ada" },
});
