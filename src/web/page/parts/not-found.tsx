export function NotFound({ what }: { what: string }) {
  return (
    <div class="nhsuk-width-container page-width page-content">
      <h1 class="nhsuk-heading-l">Page not found</h1>
      <p>{what}</p>
      <p>
        <a href="/">All environments</a>
      </p>
    </div>
  );
}
