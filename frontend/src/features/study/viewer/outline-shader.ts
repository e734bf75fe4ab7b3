/**
 * A fragment shader of 2-D slices for NiiVue: the mask as a line of even width on the screen, bright
 * within dark so that it is seen on any grey, or as a fill. NiiVue's own outlines are as thick as a
 * voxel and black.
 *
 * The uniforms are NiiVue's. Two of them are given a meaning here: overlayOutlineWidth is the width
 * of the line in pixels of the canvas, 0 for a fill; overlayAlphaShader is the mask's opacity.
 */
export const OUTLINE_SHADER = `#version 300 es
precision highp int;
precision highp float;
uniform highp sampler3D volume, overlay;
uniform float overlayOutlineWidth;
uniform float overlayAlphaShader;
uniform float overlays;
uniform float opacity;
in vec3 texPos;
out vec4 color;

const int STEPS = 16;
const vec3 RIM = vec3(0.016, 0.086, 0.11);

float inside(vec3 at) {
  return smoothstep(0.35, 0.65, texture(overlay, at).a);
}

/* How much of a circle of this radius, in pixels, has both lesion and no lesion on it. */
float crossing(float radius, vec3 right, vec3 up) {
  float least = 1.0;
  float most = 0.0;
  for (int i = 0; i < STEPS; i++) {
    float angle = 6.2831853 * float(i) / float(STEPS);
    float share = inside(texPos + radius * (cos(angle) * right + sin(angle) * up));
    least = min(least, share);
    most = max(most, share);
  }
  return most - least;
}

void main() {
  vec4 background = texture(volume, texPos);
  color = vec4(background.rgb, opacity);
  vec3 right = dFdx(texPos);
  vec3 up = dFdy(texPos);
  if (overlays < 1.0 || overlayAlphaShader <= 0.0) return;
  vec4 mask = texture(overlay, texPos);
  if (overlayOutlineWidth <= 0.0) {
    color.rgb = mix(color.rgb, mask.rgb, inside(texPos) * overlayAlphaShader);
    return;
  }
  float line = crossing(0.5 * overlayOutlineWidth, right, up);
  float rim = crossing(overlayOutlineWidth, right, up);
  color.rgb = mix(color.rgb, RIM, rim * overlayAlphaShader * 0.8);
  color.rgb = mix(color.rgb, vec3(0.373, 0.894, 1.0), line * overlayAlphaShader);
}
`;
