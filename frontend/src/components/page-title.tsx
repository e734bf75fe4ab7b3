/** The name of the page in the browser tab. */
export function PageTitle({ name }: { name: string }) {
  return <title>{`${name} · BrainAI`}</title>;
}
