// Checks the manifests on standard input by the schemas of their kinds; prints one line for each that does not fit.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

let read = 0;
for (const document of parseAllDocuments(readFileSync(0, "utf8"))) {
  const manifest = document.toJS();
  const models = manifest.apiVersion.startsWith("keda.sh/") ? "@kubernetes-models/keda" : "kubernetes-models";
  try {
    const kinds = await import(`${models}/${manifest.apiVersion}`);
    new kinds[manifest.kind](manifest).validate();
  } catch (error) {
    console.log(`${manifest.kind} ${manifest.metadata?.name}: ${error.message}`);
  }
  read++;
}
console.log(`${read} read`);
