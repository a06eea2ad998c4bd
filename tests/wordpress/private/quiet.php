<?php // Sends no mail.
add_filter( 'pre_wp_mail', '__return_true' );
