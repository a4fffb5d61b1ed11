/** Names of classes; those that a style sheet does not have would be undefined, and a build has them all. */
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>
  export default classes
}
