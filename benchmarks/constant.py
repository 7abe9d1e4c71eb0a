"""The peer of a cold start: a Typer program that prints a constant."""

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def main(name: str) -> None:  # noqa: ARG001  # as many words as the command it is compared with
    """Print a constant."""
    print("constant")


if __name__ == "__main__":
    app()
