# TLS that is verified with the root certificates in a file.


def prepare(host, cafiles, insecure):
    # Return the function that turns a connected socket into one with TLS. The certificates in
    # the first of `cafiles` that exists are DER, one after the other.
    try:
        import ssl
    except ImportError:
        raise ValueError("this MicroPython has no TLS; name an index with http://")
    roots = None
    for path in cafiles:
        try:
            with open(path, "rb") as f:
                roots = f.read()
            break
        except OSError:
            pass
    if insecure:
        print("Warning: the certificate of %s is not verified" % host)
    elif roots is None:
        raise ValueError(
            "no root certificate in %s: let `sdist-upip device --ca` write it, or see insecure=True"
            % cafiles
        )
    elif not hasattr(ssl, "SSLContext"):
        raise ValueError("this MicroPython cannot verify certificates; see insecure=True")

    def secure(s):
        if not hasattr(ssl, "SSLContext"):
            return ssl.wrap_socket(s, server_hostname=host)
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
            raise ValueError("no trust; are the clock and upip_ca.der right? (%s)" % e)

    return secure
