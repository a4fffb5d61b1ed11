/** The first line of what a runtime threw: its words without the stack of its own code. */
export const firstLine = (error: unknown): string =>
  String((error as Error | undefined)?.message ?? error).split('\n')[0]
