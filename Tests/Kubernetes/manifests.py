"""Holds manifests against the schemas of their version of Kubernetes, and against what schemas don't say.

Standard input is JSON: a list of {"version": "1.37", "name": NAME, "text": MANIFEST}. Findings go to standard output, a line
each; the last line is the number of documents that were looked at. Exit status 1 if there are findings.
"""

import functools
import json
import re
import sys

import yaml
from kubernetes_validate import utils

# The tool reads its schemas anew for every document.
utils.schema_contents = functools.lru_cache(None)(utils.schema_contents)

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
CLUSTER_WIDE = {"PriorityClass", "Namespace", "ClusterRole", "ClusterRoleBinding"}
# Kinds of others, of which no schema is here: their parts are looked at below.
FOREIGN = {("keda.sh/v1alpha1", "ScaledObject"): lambda spec: {
    "scaleTargetRef", "minReplicaCount", "maxReplicaCount", "advanced", "triggers"} == set(spec)}
# Argo's Rollout is a Deployment with strategies of its own.
ROLLOUT = ("argoproj.io/v1alpha1", "Rollout")
STRATEGIES = [{"canary": {"steps"}}, {"blueGreen": {"activeService"}}]
VOLUMES = {"configMap", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}


def schema(document, version):
    key = (document["apiVersion"], document["kind"])
    if key in FOREIGN:
        if not FOREIGN[key](document["spec"]):
            yield "has other parts than it should"
        return
    if key == ROLLOUT:
        strategy = document["spec"]["strategy"]
        if {name: set(parts) for name, parts in strategy.items()} not in STRATEGIES:
            yield "has another strategy than it should"
        for step in strategy.get("canary", {}).get("steps", []):
            if not (1 <= step.get("setWeight", 1) <= 100) or not re.fullmatch(
                r"[1-9][0-9]*s", step.get("pause", {}).get("duration", "1s")
            ):
                yield f"has a step that is none: {step}"
        rest = {name: value for name, value in document["spec"].items() if name != "strategy"}
        document = {**document, "apiVersion": "apps/v1", "kind": "Deployment", "spec": rest}
    try:
        utils.validate(document, version, strict=True)
    except utils.ValidationError as error:
        yield f"{'.'.join(str(part) for part in error.path)}: {error.message[:300]}"
    except utils.SchemaNotFoundError as error:
        yield error.message


def metadata(document):
    meta = document["metadata"]
    name = meta["name"]
    kind = document["kind"]
    short = kind in {"Service", "Namespace"}
    if not (LABEL if short else NAME).fullmatch(name) or len(name) > (63 if short else 253):
        yield f"'{name}' is no name"
    if kind == "Service" and not name[0].isalpha():
        yield f"'{name}' begins with no letter"
    for value in (meta.get("labels") or {}).values():
        if not VALUE.fullmatch(value):
            yield f"'{value}' is no label"
    if kind == "Job":
        spec = document["spec"]
        longest = name + (f"-{spec['completions'] - 1}" if spec["completionMode"] == "Indexed" else "")
        if not LABEL.fullmatch(longest):
            yield f"'{longest}' is no host name"


def template(document):
    spec = document.get("spec") or {}
    return spec.get("template") if document["kind"] in {"Job", "Deployment", "Rollout"} else None


def pod(document):
    made = template(document)
    if made is None:
        return
    labels = made["metadata"]["labels"]
    spec = made["spec"]
    if document["kind"] in {"Deployment", "Rollout"}:
        wanted = document["spec"]["selector"]["matchLabels"]
        if any(labels.get(key) != value for key, value in wanted.items()):
            yield "selects none of its own pods"
    if document["kind"] == "Job" and spec["restartPolicy"] not in {"Never", "OnFailure"}:
        yield "starts its pods again for ever"
    if document["kind"] == "Job" and "podFailurePolicy" in document["spec"] and spec["restartPolicy"] != "Never":
        yield "has a policy of failures that it can't have"
    if labels.get("claw.role") != "plain":
        # What a claw is given by a privilege, it keeps; whoever takes restricted pods alone refuses it then.
        yield from restricted(spec, takes_more="claw.role" in labels)
    volumes = [volume["name"] for volume in spec.get("volumes", [])]
    if len(set(volumes)) != len(volumes):
        yield "has two volumes of one name"
    claims = {claim["name"] for claim in spec.get("resourceClaims", [])}
    for container in spec.get("initContainers", []) + spec["containers"]:
        mounts = container.get("volumeMounts", [])
        if {mount["name"] for mount in mounts} - set(volumes):
            yield "mounts a volume that is not there"
        if len({mount["mountPath"] for mount in mounts}) != len(mounts):
            yield "mounts two volumes at one place"
        resources = container.get("resources", {})
        if {claim["name"] for claim in resources.get("claims", [])} - claims:
            yield "uses a claim that is not there"
        limits = resources.get("limits", {})
        if any(resources["requests"].get(key) != value for key, value in limits.items()):
            yield "asks for less than its limits"
        names = [variable["name"] for variable in container.get("env", [])]
        if len(set(names)) != len(names):
            yield "has two variables of one name"
        ports = [port.get("name") for port in container.get("ports", [])]
        if len(set(ports)) != len(ports) or any(len(port) > 15 or not LABEL.fullmatch(port) for port in ports):
            yield f"{ports} are no names of ports"


def restricted(spec, takes_more):
    """The profile 'restricted' of the Pod Security Standards."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield f"has {key}"
    for volume in spec.get("volumes", []):
        kinds = set(volume) - {"name"}
        if len(kinds) != 1 or kinds - VOLUMES:
            yield f"has a volume of kind {kinds}"
    security = spec.get("securityContext", {})
    for container in spec.get("initContainers", []) + spec["containers"]:
        own = container.get("securityContext", {})
        if own.get("privileged") or own.get("allowPrivilegeEscalation") is not False:
            yield "may get more rights"
        capabilities = own.get("capabilities", {})
        if capabilities.get("drop") != ["ALL"] or (
            not takes_more and set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}
        ):
            yield "has capabilities"
        if not own.get("runAsNonRoot", security.get("runAsNonRoot")):
            yield "may run as root"
        if own.get("runAsUser", security.get("runAsUser")) == 0:
            yield "runs as root"
        profile = own.get("seccompProfile", security.get("seccompProfile", {}))
        if profile.get("type") not in {"RuntimeDefault", "Localhost"}:
            yield "has no seccomp profile"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield "takes a port of its host"


def claim(document):
    if document["kind"] != "ResourceClaimTemplate":
        return
    for request in document["spec"]["spec"]["devices"]["requests"]:
        choices = request.get("firstAvailable") or [request["exactly"]]
        if len(choices) > 8:
            yield "has too many choices"
        for choice in choices:
            if not 1 <= choice["count"] <= 32:
                yield "asks for too many devices"
            for selector in choice.get("selectors", []):
                if len(selector["cel"]["expression"].encode()) > 10 * 1024:
                    yield "has too long a selector"


def matches(selector, labels):
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


def seclusion(documents):
    """Agents that have a sidecar reach pods and nothing else, and their sidecar is one of those."""
    policies = [document["spec"] for document in documents if document["kind"] == "NetworkPolicy"]
    pods = {
        document["metadata"]["name"]: document["spec"]["template"]
        for document in documents
        if document["kind"] == "Deployment"
    }
    for name, made in pods.items():
        labels = made["metadata"]["labels"]
        if labels.get("claw.role") is None:
            continue
        own = [policy for policy in policies if matches(policy["podSelector"], labels)]
        if not any("Egress" in policy["policyTypes"] for policy in own):
            yield f"{name} may reach everything"
        peers = [peer for policy in own for rule in policy.get("egress", []) for peer in rule.get("to", [{}])]
        if made["spec"].get("dnsPolicy") != "None":
            continue
        if any(set(peer) != {"podSelector"} for peer in peers):
            yield f"{name} reaches more than pods"
        reached = {
            other
            for other, template in pods.items()
            for peer in peers
            if matches(peer["podSelector"], template["metadata"]["labels"])
        }
        if not any(pods[other]["metadata"]["labels"]["claw.role"] == "cllama" for other in reached):
            yield f"{name} does not reach its sidecar"


def findings(documents, version):
    yield from seclusion(documents)
    seen = set()
    for document in documents:
        name = document.get("metadata", {}).get("name")
        where = f"{document['kind']}/{document.get('metadata', {}).get('namespace', '')}/{name}"
        if where in seen:
            yield f"{where}: is there twice"
        seen.add(where)
        for check in (lambda one: schema(one, version), metadata, pod, claim):
            for finding in check(document):
                yield f"{where}: {finding}"


def main():
    count = 0
    bad = False
    for manifest in json.load(sys.stdin):
        documents = list(yaml.load_all(manifest["text"], Loader=LOADER))
        count += len(documents)
        found = list(findings(documents, manifest["version"])) if documents else ["is empty"]
        for finding in found:
            print(f"{manifest['version']} {manifest['name']}: {finding}")
            bad = True
    print(count)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
