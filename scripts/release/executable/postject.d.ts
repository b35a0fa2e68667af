/** The package has no types of its own. */
declare module 'postject' {
  /** Adds the bytes to an executable as a resource with this name. */
  export function inject(
    filename: string,
    resourceName: string,
    resource: Buffer,
    options: { readonly sentinelFuse: string; readonly machoSegmentName?: string },
  ): Promise<void>;
}
