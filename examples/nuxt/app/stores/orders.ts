import { useAuth } from "hallpass/vue";

export const useOrders = defineStore("orders", () => {
  const { user, authFetch } = useAuth();
  const text = ref("");

  async function load() {
    text.value = await (await authFetch("/api/session/orders")).text();
  }

  watch(
    () => user.value?.id,
    () => (text.value = ""),
  );
  return { text, load };
});
