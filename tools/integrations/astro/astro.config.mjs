import { defineConfig } from 'astro/config';
import { nearfield } from 'nearfield/astro';

export default defineConfig({ base: '/shop', integrations: [nearfield()] });
