import { nearfield } from 'nearfield/vitepress';
import { defineConfig } from 'vitepress';

export default defineConfig({
  base: '/shop/',
  cleanUrls: true,
  buildEnd: nearfield(),
});
