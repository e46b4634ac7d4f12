import { createApp } from "vue";
import { createAuthPlugin } from "hallpass/vue";
import { auth } from "./auth";
import App from "./App.vue";

createApp(App).use(createAuthPlugin(auth)).mount("#app");
