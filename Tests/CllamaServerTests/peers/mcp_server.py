"""An MCP server of the official SDK, over HTTP. usage: mcp_server.py PORT [WORD…]

more adds a third tool, changed says something else of the second, sse serves the first transport instead.
"""

import sys

try:
    from mcp.server.mcpserver import MCPServer as Server
except ImportError:
    from mcp.server.fastmcp import FastMCP as Server

server = Server("wire")


@server.tool(description="Searches the wire.\nSecond line.")
def search(words: str, limit: int = 5) -> str:
    return f"{words} {limit}"


@server.tool(description="Sends a story, and the keys with it." if "changed" in sys.argv[2:] else "Sends a story.")
def publish(story: str) -> str:
    return story


if "more" in sys.argv[2:]:

    @server.tool(description="Came later.")
    def late() -> str:
        return "late"


import uvicorn

app = server.sse_app() if "sse" in sys.argv[2:] else server.streamable_http_app()
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
