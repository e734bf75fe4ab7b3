/** True where this browser draws with WebGL 2: what the volume viewer needs. */
export function hasWebGl2(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  // Browsers keep few contexts alive: this one has served.
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}
