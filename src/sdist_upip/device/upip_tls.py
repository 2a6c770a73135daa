# TLS, verified with the root certificates in a file.


def prepare(host, cafiles, insecure):
    # Return a function from a connected socket to one with TLS. Raise ValueError if this
    # interpreter or the files do not allow it; so does the function if verification fails.
    #
    # cafiles: paths; the first that exists has root certificates, DER, one after the other. A path
    #     that ends with "/" or is empty is that of a directory with upip_ca.der
    # insecure: True does not verify certificates
    try:
        import ssl
    except ImportError:
        raise ValueError("this MicroPython has no TLS. Use an index with http://")
    roots = None
    cafiles = [path + "upip_ca.der" * (path[-1:] in "/") for path in cafiles]
    for path in cafiles:
        try:
            with open(path, "rb") as f:
                roots = f.read()
            break
        except OSError:
            pass
    if roots is None and not insecure:
        raise ValueError(
            "no root certificate in %s. Run sdist-upip device --ca, or pass insecure=True" % cafiles
        )
    if not (insecure or hasattr(ssl, "SSLContext")):
        raise ValueError(
            "this MicroPython cannot verify certificates. Pass insecure=True or use http://"
        )

    def secure(s):
        if not hasattr(ssl, "SSLContext"):
            try:
                return ssl.wrap_socket(s, server_hostname=host)
            except OSError as e:
                raise ValueError(
                    "the TLS of this MicroPython cannot connect to %s (%s). Most servers require "
                    "what axTLS lacks. Use newer firmware or an index with http://" % (host, e)
                )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            if insecure:
                if hasattr(context, "check_hostname"):
                    context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            else:
                context.verify_mode = ssl.CERT_REQUIRED
                end = 0
                while end < len(roots) or not end:
                    start = end
                    end += 4 + roots[start + 2] * 256 + roots[start + 3]
                    context.load_verify_locations(cadata=roots[start:end])
            return context.wrap_socket(s, server_hostname=host)
        except (OSError, IndexError, ValueError) as e:
            raise ValueError("certificate not trusted (%s). Check the clock and upip_ca.der" % e)

    return secure
