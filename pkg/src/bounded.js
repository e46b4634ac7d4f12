/** Bytes that an answer of a provider may have, but for its keys. */
const LONGEST = 262_144;

/** The text of an answer; `undefined` for one of more bytes than `longest`, of which no more is read. */
export async function textOf(response, longest = LONGEST) {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > longest) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
