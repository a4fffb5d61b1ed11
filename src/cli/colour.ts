import pc from 'picocolors'

/** Colour on a terminal that has it; NO_COLOR and FORCE_COLOR decide before that, and pipes and files get none. */
function wantsColour({ isTTY }: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTTY === true && TERM !== 'dumb'
}

/** For answers, on stdout. */
export const colour = pc.createColors(wantsColour(process.stdout))
/** For progress, notes and errors, on stderr. */
export const errorColour = pc.createColors(wantsColour(process.stderr))
