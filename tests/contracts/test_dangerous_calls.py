"""What our code never does, read from the code itself: shells, code or templates made of text, weak hashes, guesses."""

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("comments", "service", "workers", "ops", "demo")
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "create_subprocess_shell"}
MAKES_CODE = {"eval", "exec", "compile", "__import__", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load"}
MAKES_TEMPLATES = {"render_template_string", "flask.render_template_string", "jinja2.Template", "Template"}
BROKEN_HASHES = {"md5", "sha1"}
CIPHERS = {"cryptography", "argon2", "pyotp"}
OTHER_CIPHERS = {"Crypto", "Cryptodome", "nacl", "jwt", "jose", "rsa", "ecdsa", "bcrypt", "passlib", "itsdangerous"}


@dataclass
class Facts:
    """What stands in one file: what it calls, with which keywords, what it imports, and its short texts."""

    calls: set[str] = field(default_factory=set)
    keywords: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    @property
    def libraries(self) -> set[str]:
        """The first part of everything imported."""
        return {name.split(".")[0] for name in self.imports}


def facts_of(source: str) -> Facts:
    facts = Facts()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call():
                facts.calls.add(ast.unparse(node.func))
                facts.keywords |= {each.arg for each in node.keywords if each.arg}
            case ast.Import():
                facts.imports |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(name), level=0):
                facts.imports.add(name)
            case ast.Constant(value=str(text)) if len(text) < 20:
                facts.texts.add(text.lower())
    return facts


@cache
def sources() -> dict[str, Facts]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): facts_of(path.read_text()) for path in paths}


def callers(names: set[str]) -> set[str]:
    return {file for file, facts in sources().items() if facts.calls & names}


def importers(names: set[str]) -> set[str]:
    return {file for file, facts in sources().items() if facts.libraries & names}


def with_keyword(*names: str) -> set[str]:
    return {file for file, facts in sources().items() if facts.keywords & set(names)}


def test_what_is_looked_for_is_seen() -> None:
    facts = facts_of("import subprocess\nfrom jwt.x import y\nsubprocess.run('ls', shell=True)\neval('MD5')")

    assert facts.calls == {"subprocess.run", "eval"}
    assert facts.keywords == {"shell"}
    assert facts.libraries == {"subprocess", "jwt"}
    assert "md5" in facts.texts
    assert len(sources()) > 300, "else this proves nothing"


def test_no_program_is_started_through_a_shell() -> None:
    assert with_keyword("shell") == set()
    assert callers(SHELLS) == set()


def test_no_code_is_made_of_text() -> None:
    assert callers(MAKES_CODE) == set()
    assert importers({"pickle", "marshal", "shelve", "dill"}) == set()


def test_no_template_is_made_of_text() -> None:
    assert callers(MAKES_TEMPLATES) == set()


def test_no_broken_hash_is_used() -> None:
    named = {file for file, facts in sources().items() if facts.texts & BROKEN_HASHES}

    assert callers({f"hashlib.{name}" for name in BROKEN_HASHES} | BROKEN_HASHES | {"hashlib.new"}) == set()
    assert named == set()


def test_cryptography_comes_from_few_libraries() -> None:
    modes = {name for facts in sources().values() for name in facts.imports if "primitives.ciphers" in name}

    assert importers(OTHER_CIPHERS) == set()
    assert importers(CIPHERS) == {
        "comments/contact.py",
        "comments/privacy_request.py",
        "comments/root_key.py",
        "comments/opening.py",
        "comments/sealed_values.py",
        "service/auth/codes.py",
        "service/auth/passwords.py",
    }
    assert modes == {"cryptography.hazmat.primitives.ciphers.aead"}


def test_secrets_are_drawn_where_nobody_can_guess() -> None:
    drawing = importers({"secrets"})

    assert {"comments/receipt.py", "service/auth/codes.py", "comments/store/sessions.py"} <= drawing
    assert not drawing & importers({"random"}), "one file has both: which one draws its tokens?"
    assert not {file for file in importers({"random", "uuid"}) if file.startswith("service/auth/")}


def test_there_is_no_debug_mode() -> None:
    assert with_keyword("debug", "use_debugger", "use_reloader") == set()
