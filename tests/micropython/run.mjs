// Runs one job in MicroPython for WebAssembly: `node run.mjs PACKAGE_DIRECTORY JOB.json RESULT.json`.
//
// The job is {files: {path: base64}, code, heapsize}. Paths are below /work, the current directory.
// The result is {stdout, stderr, error, files}. `error` is the traceback of the exception that ended
// the run, or null. `files` are all files after the run.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const WORK = "/work";

function makeDirectory(FS, directory) {
    if (!FS.analyzePath(directory).exists) {
        makeDirectory(FS, path.posix.dirname(directory));
        FS.mkdir(directory);
    }
}

function writeTree(FS, files) {
    makeDirectory(FS, WORK);
    for (const [name, content] of Object.entries(files)) {
        if (name.endsWith("/")) {
            makeDirectory(FS, path.posix.join(WORK, name.slice(0, -1)));
        } else {
            const target = path.posix.join(WORK, name);
            makeDirectory(FS, path.posix.dirname(target));
            FS.writeFile(target, Buffer.from(content, "base64"));
        }
    }
}

function readTree(FS, directory, files) {
    for (const name of FS.readdir(directory)) {
        if (name === "." || name === "..") {
            continue;
        }
        const source = path.posix.join(directory, name);
        if (FS.isDir(FS.stat(source).mode)) {
            readTree(FS, source, files);
        } else {
            const content = Buffer.from(FS.readFile(source));
            files[path.posix.relative(WORK, source)] = content.toString("base64");
        }
    }
    return files;
}

const [packageDirectory, jobFile, resultFile] = process.argv.slice(2).map((name) => path.resolve(name));
const job = JSON.parse(fs.readFileSync(jobFile, "utf8"));
process.chdir(packageDirectory); // 1.20 looks for its .wasm in the current directory
const { loadMicroPython } = await import(pathToFileURL(path.join(packageDirectory, "micropython.mjs")));

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
