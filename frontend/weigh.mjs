// Prints the size of each built file, plain and as gzip sends it. Run by `npm run weigh`.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = join(dirname(fileURLToPath(import.meta.url)), "dist", "huzhou_targets");
for (const name of (await readdir(dist)).filter((each) => !each.endsWith(".gz")).sort()) {
  const bytes = await readFile(join(dist, name));
  const packed = gzipSync(bytes, { level: 9 }).length;
  console.log(`${name}\t${(bytes.length / 1024).toFixed(1)} KB\t${(packed / 1024).toFixed(1)} KB gzip`);
}
