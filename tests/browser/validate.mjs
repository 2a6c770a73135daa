// Print what is invalid in HTML files, as JSON: [[file, line, rule, message], …].

import { HtmlValidate } from "html-validate";

const validator = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });
const found = [];
for (const file of process.argv.slice(2)) {
  const report = await validator.validateFile(file);
  for (const { messages } of report.results) {
    for (const one of messages) found.push([file, one.line, one.ruleId, one.message]);
  }
}
console.log(JSON.stringify(found));
