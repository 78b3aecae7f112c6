"""The official client over MCP's first transport, through a sidecar. usage: mcp_client.py URL TOKEN TOOL…

Prints a line a tool: what it answered, or "denied" and why.
"""

import asyncio
import sys

from mcp import ClientSession
from mcp.client.sse import sse_client


async def main(url, token, tools):
    async with sse_client(url, headers={"authorization": f"Bearer {token}"}) as (reading, writing):
        async with ClientSession(reading, writing) as session:
            await session.initialize()
            for tool in tools:
                try:
                    result = await asyncio.wait_for(session.call_tool(tool, {"words": "fire", "story": "x"}), 10)
                    print("ok", result.content[0].text)
                except Exception as error:
                    print("denied", error)


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
