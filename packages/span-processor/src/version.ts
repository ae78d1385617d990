/** Written on every entry span; its presence says that the span carries the table of its queries. */
export const VERSION = '0.1.0';
