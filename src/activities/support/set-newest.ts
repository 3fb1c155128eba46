/** Makes it the newest entry of the map. Above `maxCount`, the oldest ones are forgotten. */
export const setNewest = <Key, Value>(map: Map<Key, Value>, key: Key, value: Value, maxCount: number): void => {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= maxCount) break;
    map.delete(oldest);
  }
};
