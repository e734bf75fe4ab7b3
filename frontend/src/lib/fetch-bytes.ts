/** Fetch a file whole; rejects for an answer that is not the file. */
export async function fetchBytes(address: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(`${response.status} for a file of the study`);
  return response.arrayBuffer();
}
