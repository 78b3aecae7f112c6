"""Evaluates the selectors of claims on devices, as a scheduler would.

Standard input is JSON: a list of {"text": MANIFEST, "devices": [...]}, where a device has driver, attributes and capacity
(in bytes). Standard output is JSON: for each of them, for each choice of the claim, which devices it takes.
"""

import json
import re
import sys

import celpy
import yaml
from celpy import celtypes

UNITS = {"": 1, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}


def quantity(text):
    number, unit = re.fullmatch(r"([0-9]+)([A-Za-z]*)", str(text)).groups()
    return celtypes.IntType(int(number) * UNITS[unit])


def compare(one, other):
    return celtypes.IntType((one > other) - (one < other))


# What Kubernetes adds to the language, of which claw's expressions make use.
FUNCTIONS = {
    "quantity": quantity,
    "compareTo": compare,
    "lowerAscii": lambda text: celtypes.StringType(
        "".join(chr(ord(sign) | 32) if "A" <= sign <= "Z" else sign for sign in text)
    ),
}


def program(expression):
    environment = celpy.Environment()
    return environment.program(environment.compile(expression), functions=FUNCTIONS)


def takes(choice, programs, device):
    # The class takes the devices of its driver alone.
    if device["driver"] != choice["deviceClassName"]:
        return False
    subject = celpy.json_to_cel(
        {
            "driver": device["driver"],
            "attributes": {device["driver"]: device["attributes"]},
            "capacity": {device["driver"]: device["capacity"]},
        }
    )
    return all(bool(one.evaluate({"device": subject})) for one in programs)


def answers(question):
    for document in yaml.safe_load_all(question["text"]):
        if document["kind"] == "ResourceClaimTemplate":
            request = document["spec"]["spec"]["devices"]["requests"][0]
            for choice in request.get("firstAvailable") or [request["exactly"]]:
                programs = [program(one["cel"]["expression"]) for one in choice.get("selectors", [])]
                yield [takes(choice, programs, device) for device in question["devices"]]


if __name__ == "__main__":
    json.dump([list(answers(question)) for question in json.load(sys.stdin)], sys.stdout)
