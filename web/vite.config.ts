import { defineConfig } from "vite";
import { compressed } from "./compress.ts";

// `npm run dev` serves the sources and passes questions on to a gateway that is running.
const gateway = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8400";

export default defineConfig({
  build: {
    outDir: "../src/headgate/server/static",
    emptyOutDir: true,
    // The page's rules for content forbid `data:` addresses.
    assetsInlineLimit: 0,
    // What is bundled asks for its notice to come along; it does, in the wheel.
    license: { fileName: "licenses.md" },
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  plugins: [compressed()],
  server: { proxy: { "/api": gateway } },
});
