export function ExplainScreen() {
  return <h1>Explain</h1>
}
