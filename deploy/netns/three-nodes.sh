#!/usr/bin/env bash
# Trains over three nodes in three network namespaces of this machine: three hosts, as far as the
# network goes. Needs root and iproute2; without them it says so and succeeds.
#
#   deploy/netns/three-nodes.sh [--transport aeron-udp|tcp|tls-tcp] [--out DIR]
#                              [--plan FILE [--control-nodes 3]] [key=value ...]
#
# Node 0 coordinates, 1 and 2 join by its address; each holds one replica (parallel.dp=3) of two
# tensor-parallel ranks. A fourth node with a wrong secret (tls-tcp: a certificate of a foreign
# authority) must be refused. Afterwards the same job is trained in one process, and every loss must
# have the same bits. With --bench, all-reduces between two of the namespaces are measured instead.
# With --plan, faults are injected (see ./troupe chaos --help), such as cuts between the nodes; a node
# that the others gave up is started again. With --control-nodes 3 each of them may coordinate.
# TROUPE names another program than ./troupe.
set -euo pipefail

transport=aeron-udp
out=
bench=
plan=
controls=1
faults=()
settings=()
while [ $# -gt 0 ]; do
  case $1 in
    --transport) transport=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --bench) bench=yes; shift ;;
    --plan) plan=$(realpath "$2"); faults=(--allow-faults); shift 2 ;;
    --control-nodes) controls=$2; shift 2 ;;
    --help | -h) sed -n '2,17s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *=*) settings+=("$1"); shift ;;
    *) printf 'three-nodes: unknown argument %s; see --help\n' "$1" >&2; exit 2 ;;
  esac
done
case $transport in
  aeron-udp | tcp | tls-tcp) ;;
  *) printf 'three-nodes: --transport %s: give aeron-udp, tcp or tls-tcp\n' "$transport" >&2; exit 2 ;;
esac

case $controls,$plan in
  1,* | 3,?*) ;;
  *) printf 'three-nodes: --control-nodes %s: give 1, or 3 with --plan\n' "$controls" >&2; exit 2 ;;
esac

if [ "$(id -u)" != 0 ] || ! command -v ip >/dev/null || ! ip netns list >/dev/null 2>&1; then
  echo 'three-nodes: skipped: network namespaces need root and iproute2'
  exit 0
fi

root=$(cd "$(dirname "$0")/../.." && pwd -P)
read -r -a troupe <<<"${TROUPE:-$root/troupe}"
out=${out:-$(mktemp -d "${TMPDIR:-/tmp}/troupe-netns-XXXXXX")}
mkdir -p "$out"
cd "$out"

# Short names: an interface has at most 15 letters. The process id keeps two runs apart.
id=$$
bridge=tr$id
nodes=(0 1 2)
address=(10.77.0.1 10.77.0.2 10.77.0.3)
pids=()

down() {
  local node
  for pid in ${pids[@]+"${pids[@]}"}; do kill -KILL "$pid" 2>/dev/null || true; done
  for node in "${nodes[@]}"; do
    # A namespace that goes first takes its end of the pair away only when nothing uses it.
    ip link delete "tr$id.$node" 2>/dev/null || true
    ip netns pids "tr$id-$node" 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true
    ip netns delete "tr$id-$node" 2>/dev/null || true
  done
  ip link delete "$bridge" 2>/dev/null || true
}
trap down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

up() {
  local node
  ip link add "$bridge" type bridge
  ip link set "$bridge" up
  for node in "${nodes[@]}"; do
    ip netns add "tr$id-$node"
    ip link add "tr$id.$node" type veth peer name eth0 netns "tr$id-$node"
    ip link set "tr$id.$node" master "$bridge" up
    ip -n "tr$id-$node" address add "${address[$node]}/24" dev eth0
    ip -n "tr$id-$node" link set lo up
    ip -n "tr$id-$node" link set eth0 up
  done
}

# Makes the authority $1 and certificates of the same name for the given nodes.
certificates() {
  local authority=$1 node
  shift
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$authority" \
    -keyout "$authority.key" -out "$authority.crt" 2>/dev/null
  for node in "$@"; do
    openssl req -newkey rsa:2048 -nodes -subj "/CN=troupe" \
      -keyout "$node.key" -out "$node.csr" 2>/dev/null
    openssl x509 -req -in "$node.csr" -CA "$authority.crt" -CAkey "$authority.key" \
      -CAcreateserial -days 2 -out "$node.crt" 2>/dev/null \
      -extfile <(printf 'subjectAltName=DNS:troupe\n')
  done
}

# Prints the settings by which a node proves who it is.
identity() {
  if [ "$transport" = tls-tcp ]; then
    printf '%s\n' "cluster.tls.key-file=$1.key" "cluster.tls.cert-file=$1.crt" \
      "cluster.tls.ca-file=${2:-authority}.crt"
  else
    printf '%s\n' "cluster.secret-file=${3:-secret}"
  fi
}

# Starts a node in a namespace: name, namespace, identity..., -- arguments.
node() {
  local name=$1 place=$2
  shift 2
  (
    # Exit code 5: the others are not reached, or have given this node up. Under a plan it comes back.
    code=5
    while [ $code = 5 ]; do
      code=0
      ip netns exec "tr$id-$place" "${troupe[@]}" node "$@" --name "$name" --ranks 2 \
        ${faults[@]+"${faults[@]}"} "cluster.host=${address[$place]}" \
        "cluster.transport=$transport" ${settings[@]+"${settings[@]}"} || code=$?
      [ -n "$plan" ] && [ "$name" != stranger ] || break
    done
    exit $code
  ) >"$name.log" 2>&1 </dev/null &
  pids+=($!)
}

job=(run.name=netns parallel.tp=2 parallel.dp=3 train.global-batch=12 train.steps=40
  checkpoint.every=20 model.hidden=64 model.layers=2 model.heads=4 model.kv-heads=4 model.ffn=128
  model.max-seq=64 train.seq-length=64 data.bios.people=100 log.every=10)

up
"${troupe[@]}" --version >/dev/null # builds it, where that is to be done

if [ -n "$bench" ]; then
  "${troupe[@]}" bench allreduce --mode TCP,AERON_UDP --ranks 2 --no-peer \
    --hosts "${address[0]},${address[1]}" \
    --start-with "ip netns exec tr$id-{rank}"
  exit
fi

(
  umask 077
  openssl rand -hex 32 >secret
  openssl rand -hex 32 >wrong-secret
)
certificates authority node-0 node-1 node-2
certificates foreign stranger

[ -z "$plan" ] || job+=("chaos.plan=$plan" train.steps=100000 checkpoint.every=0
  train.schedule=constant train.warmup=100 data.validation.every=0 elastic.copies=true)
seeds=()
if [ "$controls" = 3 ]; then
  for i in 0 1 2; do seeds+=(--seed "${address[$i]}:7600"); done
  job+=(cluster.control-nodes=3)
fi
mapfile -t identity < <(identity node-0)
node node-0 0 ${seeds[@]+"${seeds[@]}"} "${job[@]}" --control --nodes 3 cluster.port=7600 \
  "${identity[@]}"
members=("${pids[-1]}")
mapfile -t identity < <(identity stranger foreign wrong-secret)
node stranger 2 --seed "${address[0]}:7600" --join-timeout 15 "${identity[@]}"
stranger=${pids[-1]}
for i in 1 2; do
  mapfile -t identity < <(identity "node-$i")
  if [ "$controls" = 3 ]; then
    node "node-$i" "$i" "${seeds[@]}" "${job[@]}" --control --nodes 3 cluster.port=7600 \
      "${identity[@]}"
    members+=("${pids[-1]}")
  else
    node "node-$i" "$i" --seed "${address[0]}:7600" "${identity[@]}"
  fi
done

status=0
wait -n "${members[@]}" || status=$? # the first that ends by itself: the run is over
if [ $status != 0 ]; then
  tail -n 20 ./*.log >&2
  printf 'three-nodes: the run ended with exit code %s; logs are in %s\n' $status "$out" >&2
  exit 1
fi
status=0
wait "$stranger" || status=$?
if [ $status != 5 ]; then
  tail -n 20 stranger.log >&2
  printf 'three-nodes: the stranger ended with exit code %s, not 5\n' $status >&2
  exit 1
fi
cat node-0.log
printf 'refused: %s\n' "$(grep -m 1 'no answer' stranger.log)"
grep -m 1 -i 'refused\|without this cluster\|handshake' node-*.log || true

[ -z "$plan" ] || job+=(chaos.plan= cluster.control-nodes=1
  "train.steps=$(wc -l <runs/netns/metrics.jsonl)")
"${troupe[@]}" train "${job[@]}" ${settings[@]+"${settings[@]}"} run.name=one >one.log 2>&1
losses() { grep -o '"loss_hex":"[^"]*"' "runs/$1/metrics.jsonl"; }
if [ "$(losses netns)" = "$(losses one)" ]; then
  printf 'three-nodes: %s: %s steps over 3 hosts with the bits of one process; files in %s\n' \
    "$transport" "$(losses netns | wc -l)" "$out"
else
  printf 'three-nodes: the losses differ from those of one process; files in %s\n' "$out" >&2
  exit 1
fi
