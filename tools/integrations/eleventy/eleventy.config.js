import { nearfield } from 'nearfield/eleventy';

export default function configure(config) {
  config.addPlugin(nearfield());
  return { dir: { input: 'src', output: 'public' }, pathPrefix: '/shop/' };
}
