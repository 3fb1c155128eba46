/** A path of the kernel's mount table, which writes spaces, tabs, line ends and backslashes as `\040` and similar. */
export const decodeMountPath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
