/** Links to the pages around this one. @param href - the link to a page, counted from 1. */
export function Pagination({ page, pages, href }: { page: number; pages: number; href: (page: number) => string }) {
  if (pages < 2) return null;
  const link = (number: number, current = number === page) => (
    <li class={`nhsuk-pagination__item${current ? ' nhsuk-pagination__item--current' : ''}`}>
      <a
        class="nhsuk-pagination__link"
        href={href(number)}
        aria-label={`Page ${number}`}
        {...(current ? { 'aria-current': 'page' as const } : {})}
      >
        {number}
      </a>
    </li>
  );
  const gap = <li class="nhsuk-pagination__item nhsuk-pagination__item--ellipsis">⋯</li>;
  return (
    <nav class="nhsuk-pagination nhsuk-pagination--numbered" aria-label="Pagination">
      {page > 1 && (
        <a class="nhsuk-pagination__previous" href={href(page - 1)} rel="prev">
          <span class="nhsuk-pagination__title">
            Previous<span class="nhsuk-u-visually-hidden"> page</span>
          </span>
        </a>
      )}
      <ul class="nhsuk-pagination__list">
        {numbersAround(page, pages).map((number, index, all) => (
          <>
            {index > 0 && number > (all[index - 1] ?? 0) + 1 && gap}
            {link(number)}
          </>
        ))}
      </ul>
      {page < pages && (
        <a class="nhsuk-pagination__next" href={href(page + 1)} rel="next">
          <span class="nhsuk-pagination__title">
            Next<span class="nhsuk-u-visually-hidden"> page</span>
          </span>
        </a>
      )}
    </nav>
  );
}

/** The first and last pages, and the neighbours of this one. */
function numbersAround(page: number, pages: number): number[] {
  const wanted = [1, page - 1, page, page + 1, pages].filter((each) => each >= 1 && each <= pages);
  return [...new Set(wanted)].sort((a, b) => a - b);
}

/** The page of a list that an address asks for. Anything that is not a number gives the first. */
export const pageNumber = (value: unknown): number =>
  Number(/^\d{1,6}$/.exec(typeof value === 'string' ? value : '')?.[0] ?? 1);
