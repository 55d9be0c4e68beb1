"""How many machines a number of workspaces needs: `costs` measures what requests cost, `model` calculates with it."""
