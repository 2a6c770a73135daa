// Runs jobs in MicroPython for WebAssembly: `node run.mjs PACKAGE_DIRECTORY`. Each line of the input is
// a job, and is answered by a line of output that begins with "result:". Each job has an interpreter
// of its own, while Node and the compiled code stay.
//
// The job is {files: {path: base64}, code, heapsize}. Paths are below /work, the current directory.
// The result is {stdout, stderr, error, files}. `error` is the traceback of the exception that ended
// the run, or null. `files` are all files after the run. If JavaScript fails, it is {failure}.

import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const WORK = "/work";
const ANSWER = "result:";

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

async function run(loadMicroPython, job) {
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
    return {
        stdout: stdout.join("") + unfinished(interpreter._module._stdoutBuffer),
        stderr: stderr.join("") + unfinished(interpreter._module._stderrBuffer),
        error,
        files: readTree(interpreter.FS, WORK, {}),
    };
}

function keepCompiledCode() {
    const instantiate = WebAssembly.instantiate;
    let compiled = null;
    WebAssembly.instantiate = async (source, imports) => {
        compiled ??= await WebAssembly.compile(source); // a package has one source
        return { module: compiled, instance: await instantiate(compiled, imports) };
    };
}

// What an interpreter would free after its end, when the next one runs.
globalThis.FinalizationRegistry = class {
    register() {}
    unregister() {}
};
keepCompiledCode();
const packageDirectory = path.resolve(process.argv[2]);
process.chdir(packageDirectory); // 1.20 looks for its .wasm in the current directory
const { loadMicroPython } = await import(pathToFileURL(path.join(packageDirectory, "micropython.mjs")));
for await (const line of readline.createInterface({ input: process.stdin })) {
    const result = await run(loadMicroPython, JSON.parse(line)).catch(({ stack }) => ({ failure: stack }));
    fs.writeSync(1, `${ANSWER}${JSON.stringify(result)}\n`);
}
process.exit(0);
