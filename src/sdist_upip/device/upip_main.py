# The command line of upip: micropython -m upip COMMAND ...
import sys

_USAGE = """\
Usage: micropython -m upip COMMAND ...
  install [OPTION]... PACKAGE...   PACKAGE: name, name==1.0, name>=1.0,<2, URL or file .tar.gz
    -p PATH     install to PATH (default: %s)
    -r FILE     read packages from FILE, one per line
    -i URL      simple index or directory of archives; may be repeated
    --cafile F  root certificates (DER)
    --insecure  do not verify certificates
    --timeout S seconds to wait for the network
    --no-deps   install no dependencies
    --without N install all dependencies but N; may be repeated
    --debug     print URLs and files, and the traceback of an error
  list [-p PATH]
  uninstall [-p PATH] PACKAGE..."""


class _Usage(Exception):
    pass


def _read_list(upip, file):
    packages = []
    with open(file) as f:
        for line in f:
            line = line.partition(" #")[0].strip()
            if line[:1] == "-":
                raise upip.Error("%s: upip does not support %s in files" % (file, line))
            if line and line[0] != "#":
                packages.append(line)
    return packages


def _parse(upip, arguments):
    # Return (command, packages, options).
    options = {}
    packages = []
    command = arguments.pop(0) if arguments else "-h"
    while arguments:
        word = arguments.pop(0)
        if word in ("-h", "--help"):
            command = word
        elif word == "--insecure":
            options["insecure"] = True
        elif word == "--no-deps":
            options["deps"] = False
        elif word == "--debug":
            upip.debug = True
        elif word[:1] != "-":
            packages.append(word)
        elif word not in ("-p", "-r", "-i", "--cafile", "--timeout", "--without"):
            raise _Usage("unknown option " + word)
        elif not arguments:
            raise _Usage(word + " needs a value")
        else:
            value = arguments.pop(0)
            if word == "-r":
                packages.extend(_read_list(upip, value))
            elif word == "-i":
                options["index_urls"] = options.get("index_urls", []) + [value]
            elif word == "--without":
                options["without"] = options.get("without", []) + [value]
            elif word == "--timeout":
                options["timeout"] = int(value)
            else:
                options["path" if word == "-p" else word[2:]] = value
    return command, packages, options


def _run(upip, command, packages, options):
    path = options.pop("path", None)
    if options:
        raise _Usage("%s takes no option except -p" % command)
    if command == "list":
        for name, version in upip.list(path):
            print(name, version)
        return
    from upip_req import normalize

    names = []
    for name in packages:
        name = normalize(name)
        if name not in names:
            names.append(name)
    try:
        installed = [name for name, _ in upip.list(path)]
    except upip.Error:  # a change that cannot be finished, which uninstall gives up
        installed = names
    for name in names:
        if name not in installed:
            raise upip.Error("%s is not installed in %s" % (name, path or upip.get_install_path()))
    for name in names:
        upip.uninstall(name, path)


def main(arguments, upip):
    # Run a command of the module `upip`. Return the exit code: 0, 1 for an error, 2 for a usage
    # error. Of the command install return the arguments of upip.install, which needs the memory.
    try:
        command, packages, options = _parse(upip, arguments)
        if command in ("-h", "--help"):
            try:
                path = upip.get_install_path()
            except upip.Error:
                path = "none"
            print(_USAGE % path)
            return 0
        if command not in ("install", "list", "uninstall"):
            raise _Usage("unknown command " + command)
        if (command == "list") == bool(packages):
            raise _Usage(command + (" takes no package" if packages else " needs a package"))
        if command == "install":
            options["to_install"] = packages
            return options
        _run(upip, command, packages, options)
    except (upip.Error, OSError) as e:
        print("Error:", e, file=sys.stderr)
        return 1
    except (_Usage, ValueError) as e:
        print("Error: %s. Use -h for help" % e, file=sys.stderr)
        return 2
    return 0
