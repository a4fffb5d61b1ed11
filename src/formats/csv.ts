/** A table as CSV (RFC 4180): a header, CRLF, and quotes where a value needs them. */
export function encodeCsv(
  header: readonly string[],
  rows: Iterable<readonly (string | number | null)[]>,
): string {
  const lines = [header.map(quoted).join(',')]
  for (const row of rows) lines.push(row.map(value => quoted(value === null ? '' : String(value))).join(','))
  return `${lines.join('\r\n')}\r\n`
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
