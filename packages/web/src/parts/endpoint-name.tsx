/** `GET /orders/{id}`, a link where `href` says so. A long route breaks at its slashes. */
export function EndpointName(props: { method: string; route: string; href?: string; title?: string }) {
  const { method, route, href, title } = props;
  const name = (
    <>
      {method && <span class="method">{method} </span>}
      <span class="route">
        {route.split(/(?<=.\/)/).map((segment, at) => (
          <>
            {at > 0 && <wbr />}
            {segment}
          </>
        ))}
      </span>
    </>
  );
  return href === undefined ? (
    <span class="endpoint">{name}</span>
  ) : (
    <a class="endpoint" href={href} title={title}>
      {name}
    </a>
  );
}
