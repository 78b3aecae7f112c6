"""An MCP server of the official SDK, over streamable HTTP. usage: mcp_server.py PORT [MORE]   MORE adds a third tool."""

import sys

try:
    from mcp.server.mcpserver import MCPServer as Server
except ImportError:
    from mcp.server.fastmcp import FastMCP as Server

server = Server("wire")


@server.tool(description="Searches the wire.\nSecond line.")
def search(words: str, limit: int = 5) -> str:
    return f"{words} {limit}"


@server.tool(description="Sends a story.")
def publish(story: str) -> str:
    return story


if len(sys.argv) > 2:

    @server.tool(description="Came later.")
    def late() -> str:
        return "late"


import uvicorn

uvicorn.run(server.streamable_http_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
