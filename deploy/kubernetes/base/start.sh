# Becomes the node agent of a pod. POD_NAME, RANKS and SERVICE come from the pod's environment.
set -u

# Placeholders would let anybody in who has read this repository.
for name in cluster-secret api-token; do
  file=/run/secrets/troupe/$name
  if [ ! -s "$file" ] || grep -q REPLACE-ME "$file"; then
    printf 'troupe: the Secret troupe-secrets has no %s yet; put the output of %s there\n' \
      "$name" '"openssl rand -hex 32"' >&2
    exit 2
  fi
done

# Stable names: a pod that comes back is found where it was. Three of them can take the coordinator,
# so a run outlives the loss of one. troupe-0 forms the cluster, the others join.
set -- --name "$POD_NAME" --ranks "$RANKS"
for ordinal in 0 1 2; do
  set -- "$@" --seed "${POD_NAME%-*}-$ordinal.$SERVICE:7600"
done
[ "${POD_NAME##*-}" -gt 2 ] || set -- "$@" --control

# exec: this process gets the SIGTERM of a pod's end.
exec troupe node /etc/troupe/job.conf "$@" \
  cluster.host="$POD_NAME.$SERVICE" cluster.port=7600 \
  cluster.secret-file=/run/secrets/troupe/cluster-secret \
  api.host="$POD_NAME.$SERVICE" api.port=7680 api.token-file=/run/secrets/troupe/api-token \
  run.dir=/var/lib/troupe/run data.cache=/var/lib/troupe/data
