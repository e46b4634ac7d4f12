/** The client with more methods. Its getters go on being getters. */
export const extended = (client, methods) =>
  Object.freeze(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(client), ...Object.getOwnPropertyDescriptors(methods) }));
