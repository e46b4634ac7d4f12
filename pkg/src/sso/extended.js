/** A client with more methods: of those that have one name the last. Getters go on being getters. */
export const extended = (...parts) => Object.freeze(Object.defineProperties({}, Object.assign({}, ...parts.map((part = {}) => Object.getOwnPropertyDescriptors(part)))));
