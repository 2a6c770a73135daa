// Runs one job in MicroPython for WebAssembly: `node run.mjs PACKAGE_FOLDER JOB.json RESULT.json`.
//
// The job is {files: {path: base64}, code, heapsize}; paths are below /work, the current folder.
// The result is {stdout, stderr, error, files}: error is the traceback of the exception that ended
// the run or null, and files holds all there is afterwards.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const WORK = "/work";

function makeFolder(FS, folder) {
    if (!FS.analyzePath(folder).exists) {
        makeFolder(FS, path.posix.dirname(folder));
        FS.mkdir(folder);
    }
}

function writeTree(FS, files) {
    makeFolder(FS, WORK);
    for (const [name, content] of Object.entries(files)) {
        if (name.endsWith("/")) {
            makeFolder(FS, path.posix.join(WORK, name.slice(0, -1)));
        } else {
            const target = path.posix.join(WORK, name);
            makeFolder(FS, path.posix.dirname(target));
            FS.writeFile(target, Buffer.from(content, "base64"));
        }
    }
}

function readTree(FS, folder, files) {
    for (const name of FS.readdir(folder)) {
        if (name === "." || name === "..") {
            continue;
        }
        const source = path.posix.join(folder, name);
        if (FS.isDir(FS.stat(source).mode)) {
            readTree(FS, source, files);
        } else {
            const content = Buffer.from(FS.readFile(source));
            files[path.posix.relative(WORK, source)] = content.toString("base64");
        }
    }
    return files;
}

const [packageFolder, jobFile, resultFile] = process.argv.slice(2).map((name) => path.resolve(name));
const job = JSON.parse(fs.readFileSync(jobFile, "utf8"));
process.chdir(packageFolder); // 1.20 looks for its .wasm in the current folder
const { loadMicroPython } = await import(pathToFileURL(path.join(packageFolder, "micropython.mjs")));

const stdout = [];
const stderr = [];
const options = {
    stdout: (line) => stdout.push(line + "\n"),
    stderr: (line) => stderr.push(line + "\n"),
};
if (job.heapsize !== null) {
    options.heapsize = job.heapsize;
}
const interpreter = await loadMicroPython(options);
writeTree(interpreter.FS, job.files);
let error = null;
try {
    interpreter.runPython(`import os\nos.chdir("${WORK}")\ndel os`);
    interpreter.runPython(job.code);
} catch (exception) {
    if (exception.name !== "PythonError") {
        throw exception;
    }
    error = exception.message;
}
const unfinished = (buffer) => Buffer.from(buffer).toString("utf8");
const result = {
    stdout: stdout.join("") + unfinished(interpreter._module._stdoutBuffer),
    stderr: stderr.join("") + unfinished(interpreter._module._stderrBuffer),
    error,
    files: readTree(interpreter.FS, WORK, {}),
};
fs.writeFileSync(resultFile, JSON.stringify(result));
process.exit(0);
