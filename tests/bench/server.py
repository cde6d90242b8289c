"""The files of a directory over HTTP/1.1, kept-alive: server.py DIRECTORY MILLISECONDS.

Prints its port. GET /connections says how many there were since it was last asked, and how many requests.
"""

import http.server
import os
import sys
import time

FOLDER, DELAY = sys.argv[1], float(sys.argv[2]) / 1000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    connections = 0
    requests = 0

    def setup(self):
        super().setup()
        Handler.connections += 1

    def do_GET(self):
        if self.path == "/connections":
            status, body = 200, f"{Handler.connections - 1} {Handler.requests}".encode()
            Handler.connections, Handler.requests = 0, 0
            self.close_connection = True
        else:
            Handler.requests += 1
            time.sleep(DELAY)
            file = os.path.join(FOLDER, os.path.basename(self.path))
            if os.path.isfile(file):
                status, body = 200, open(file, "rb").read()
            else:
                status, body = 404, b""
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    # A client that asks for 32 roots at a time opens as many connections: with 5 in the queue it waits for a second SYN.
    request_queue_size = 128
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
