import atexit, collections, json, os, threading, time, urllib.parse, urllib.request


class DashboardRun:
    """Sends metrics in the background. Trouble is printed once, and the training goes on."""

    def __init__(self, name, **config):
        address, token = os.environ.get("DASHBOARD_URL", ""), os.environ.get("DASHBOARD_TOKEN", "")
        self.url = f"{address}/runs/{urllib.parse.quote(name, safe='')}/append"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
        self.lines = collections.deque(maxlen=10**6 if address else 0)
        self.offset, self.said, self.sending = None, "", threading.Lock()
        self.lines.append(json.dumps({"config": config}, default=str) + "\n")
        threading.Thread(target=self.send_for_ever, daemon=True).start()
        atexit.register(lambda: any(self.send() or time.sleep(1) for _ in range(5)))

    def log(self, step, **metrics):
        try:
            numbers = {name: float(value) for name, value in metrics.items()}
            self.lines.append(json.dumps({"step": float(step), **numbers}) + "\n")
        except (TypeError, ValueError) as error:
            print("dashboard: not a number:", error)

    def send_for_ever(self):
        while True:
            time.sleep(2)
            self.send()

    def send(self):  # False: try again, at the same offset, so that no line is stored twice
        with self.sending:
            batch = []
            try:
                while self.lines:
                    batch = [self.lines[i] for i in range(min(len(self.lines), 1000))]
                    if self.offset is None: self.offset = self.request()
                    self.offset = self.request(f"?offset={self.offset}", "".join(batch).encode())
                    for _ in batch: self.lines.popleft()
                return True
            except Exception as error:
                answer = error.read().decode(errors="replace") if hasattr(error, "read") else str(error)
                if getattr(error, "code", 0) == 409: self.offset = None  # the run ends elsewhere: ask
                if getattr(error, "code", 0) == 422:  # these will never be accepted
                    for _ in batch: self.lines.popleft()
                if answer != self.said: print("dashboard:", " ".join(answer.split()))
                self.said = answer
                return False

    def request(self, query="", lines=None):
        request = urllib.request.Request(self.url + query, lines, self.headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)["offset"]
