/** `[::1]` is how a URL writes `::1`; a trailing dot says that a name is complete. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

export function portOf(url: URL): string {
  return url.port || '443';
}
