"""Put our packages beside the virtual environment, which finds them by a path file; add the command and our version."""

import site
import tomllib
from pathlib import Path

SCRIPT = "#!/app/venv/bin/python\nfrom ops.cli import main\n\nmain()\n"


def main() -> None:
    """Write all three into the environment that runs this."""
    packages = Path(site.getsitepackages()[0])  # Debian names others after it
    (packages / "replydesk.pth").write_text("/app\n")
    command = Path("/app/venv/bin/replydesk")
    command.write_text(SCRIPT)
    command.chmod(0o755)
    version = tomllib.loads(Path("/build/pyproject.toml").read_text())["project"]["version"]
    metadata = packages / f"replydesk-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: replydesk\nVersion: {version}\n")


if __name__ == "__main__":
    main()
