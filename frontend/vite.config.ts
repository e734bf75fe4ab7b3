import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = {
  "/api": {
    target: `http://127.0.0.1:${process.env.API_PORT ?? "8000"}`,
    rewrite: (path: string) => path.replace(/^\/api/, ""),
  },
};

const web = {
  host: process.env.WEB_HOST ?? "127.0.0.1",
  port: Number(process.env.WEB_PORT ?? "5173"),
  strictPort: true,
  proxy: api,
};

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: web,
  preview: web,
  build: {
    // Inlined assets would be data: URLs; a strict content policy should not have to allow them.
    assetsInlineLimit: 0,
    // The viewer and its decompressors are large, and loaded only with a study.
    chunkSizeWarningLimit: 1_000,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    alias: { "idb-keyval": new URL("src/testing/idb-keyval.ts", import.meta.url).pathname },
    // Style sheets are left out, but for one that a test reads as text.
    css: { include: [/\.css\?raw$/] },
    testTimeout: 20_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
